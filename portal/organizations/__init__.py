"""An employer's own shape: the organization, its departments, locations, team groups and teams."""
