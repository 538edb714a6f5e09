"""Action graph to build report. The only stage that runs commands or touches outputs."""
