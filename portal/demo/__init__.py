"""A demonstration: one real posting as an employer's organization, with a pipeline of invented people in it."""
