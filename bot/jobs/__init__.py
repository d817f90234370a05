"""The jobs: what the clock asks for; one file per noun, one line here."""
