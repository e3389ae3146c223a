"""What happened: the audit entry and the outbox event of every change, and the ids of other systems."""
