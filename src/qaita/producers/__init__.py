"""The register of producers, products and capacity."""
