"""What can be done about members, grants, service accounts and tokens, a module per noun."""
