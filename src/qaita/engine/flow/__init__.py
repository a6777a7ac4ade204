"""What a network's graph alone can tell: reach from the sources, cut-off sides, bridges.

Hydraulic criticality (pressures after a closure) is not here; it will stand beside this
package and take the same `Graph`.
"""
