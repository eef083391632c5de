"""From a window of session starts to the rows of its sessions, each whole and once."""
