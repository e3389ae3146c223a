"""What runs beside requests: the relay that publishes the outbox, and due jobs."""
