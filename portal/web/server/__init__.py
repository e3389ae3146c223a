"""The server: connections, how many there may be and for how long, who is let in, and how it stops."""
