"""The area of trusted documents in GraphQL: which there are, which releases have them, and publishing them."""
