"""The engines that `bench_features.py` sets side by side, and the workload they share."""
