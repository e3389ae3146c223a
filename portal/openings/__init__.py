"""Openings and what belongs to them: seats, teams, hiring team, pay bands, postings, skills and pipeline stages."""
