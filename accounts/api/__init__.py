"""What the endpoints of every app share, and the endpoints of the account itself."""
