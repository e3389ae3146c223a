"""The people and machines of an organization: memberships, grants, service accounts and their tokens."""
