"""Arguments to requests, reports to text. The only place that prints."""
