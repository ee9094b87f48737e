"""The gateway as the dashboard asks it: one client, its questions, and the answers it keeps."""
