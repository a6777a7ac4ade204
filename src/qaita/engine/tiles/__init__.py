"""Vector tiles from arrays: quadtree keys, lines and wear squares as Mapbox Vector Tiles."""
