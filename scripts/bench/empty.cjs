// Empty: measures how long Node takes to start and exit.
