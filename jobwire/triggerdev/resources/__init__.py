"""What the client can do, grouped as the API is: a class for each kind of thing."""
