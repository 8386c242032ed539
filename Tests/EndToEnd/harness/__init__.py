"""What the end-to-end tests are made of: a raw client, a witness, a world to run in."""
