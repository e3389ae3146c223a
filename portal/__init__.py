"""The backend of an employer's hiring portal: organizations, teams, openings and candidate pipelines."""
