from words.greet import greeting

assert greeting("you") == "hello, you", greeting("you")
