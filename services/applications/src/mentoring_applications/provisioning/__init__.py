"""People by the batch: what a file or a nightly run says of many, tried or done."""
