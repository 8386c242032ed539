# Gives arguments that a call leaves out. Copy it, and put your own here.
{ limit: 20, language: "en" } + .
