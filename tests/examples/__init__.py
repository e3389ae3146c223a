"""What we show to those who call the API: GraphiQL with its examples, and the clients of docs/examples."""
