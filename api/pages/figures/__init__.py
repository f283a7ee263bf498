"""The pages of figures: where deals are lost, whom to help, what was promised."""
