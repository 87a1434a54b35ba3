"""From a model class to its specification: what its annotations, decorators and source say, as data."""
