"""What the rows of each kind of import mean: cells become the bodies that services take, or problems by column."""
