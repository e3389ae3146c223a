"""The product in GraphQL words: types, queries and mutations. It decides nothing: it reads and acts through the two
doors.
"""
