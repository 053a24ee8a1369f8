"""What is typed about surveys: building them, answering them."""
