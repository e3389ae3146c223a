"""What stays open: operations over WebSockets and event streams, and what subscribers are told."""
