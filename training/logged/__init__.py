"""What MLflow is told of a training: runs, plots, and what became of killed ones."""
