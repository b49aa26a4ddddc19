"""What a training leaves on disk: versions, compared and told of."""
