"""How the dashboard stands on the web: who may come in, sessions, headers, files."""
