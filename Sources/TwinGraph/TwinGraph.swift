// TwinGraph
