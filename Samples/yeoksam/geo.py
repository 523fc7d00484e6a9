"""Flat-earth geometry for an area a few kilometres wide. Coordinates are [lon, lat] in degrees."""

import math

METRES_PER_DEGREE_LAT = 110_540.0
METRES_PER_DEGREE_LON_EQUATOR = 111_320.0


def metres_per_degree_lon(lat):
    return METRES_PER_DEGREE_LON_EQUATOR * math.cos(math.radians(lat))


class Plane:
    """Turns degrees into metres around one origin."""

    def __init__(self, lon, lat):
        self.lon, self.lat = lon, lat
        self.kx, self.ky = metres_per_degree_lon(lat), METRES_PER_DEGREE_LAT

    def xy(self, point):
        return (point[0] - self.lon) * self.kx, (point[1] - self.lat) * self.ky

    def distance(self, a, b):
        (ax, ay), (bx, by) = self.xy(a), self.xy(b)
        return math.hypot(ax - bx, ay - by)


def rounded(coordinates):
    """The same nested list with at most six decimals."""
    if isinstance(coordinates[0], (int, float)):
        return [round(c, 6) for c in coordinates[:2]]
    return [rounded(c) for c in coordinates]


def polygons(geometry):
    """The polygons of a Polygon or MultiPolygon, each a list of rings."""
    if geometry["type"] == "Polygon":
        return [geometry["coordinates"]]
    return geometry["coordinates"]


def ring_area_centroid(ring):
    """Signed area in square degrees and centroid; the sums are taken near the ring to keep digits."""
    ox, oy = ring[0][0], ring[0][1]
    area = cx = cy = 0.0
    for a, b in zip(ring, ring[1:]):
        ax, ay, bx, by = a[0] - ox, a[1] - oy, b[0] - ox, b[1] - oy
        cross = ax * by - bx * ay
        area += cross
        cx += (ax + bx) * cross
        cy += (ay + by) * cross
    if area == 0:
        return 0.0, [ox, oy]
    return area / 2, [ox + cx / (3 * area), oy + cy / (3 * area)]


def centroid(geometries):
    """Centroid of all outer rings, weighted by their area."""
    total = x = y = 0.0
    for geometry in geometries:
        for rings in polygons(geometry):
            area, (cx, cy) = ring_area_centroid(rings[0])
            total += abs(area)
            x += abs(area) * cx
            y += abs(area) * cy
    return rounded([x / total, y / total])


def in_ring(point, ring):
    x, y = point
    inside = False
    for (ax, ay), (bx, by) in zip(ring, ring[1:]):
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            inside = not inside
    return inside


def contains(geometry, point):
    return any(
        in_ring(point, rings[0]) and not any(in_ring(point, hole) for hole in rings[1:])
        for rings in polygons(geometry)
    )


def in_box(box, point):
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def clip_ring(ring, box):
    """The part of a closed ring inside a box, edge by edge; it may run along the box where it was cut."""
    points = ring[:-1]
    for axis, bound, sign in ((0, box[0], 1), (0, box[2], -1), (1, box[1], 1), (1, box[3], -1)):
        kept = []
        for i, p in enumerate(points):
            q = points[i - 1]
            p_in, q_in = sign * (p[axis] - bound) >= 0, sign * (q[axis] - bound) >= 0
            if p_in != q_in:
                t = (bound - q[axis]) / (p[axis] - q[axis])
                kept.append([q[0] + t * (p[0] - q[0]), q[1] + t * (p[1] - q[1])])
            if p_in:
                kept.append(p)
        points = kept
    points = rounded(points) if points else []
    return points + points[:1] if len(points) >= 3 else []


class NearestLine:
    """Finds the line nearest to a point with a grid of cells over all line pieces."""

    CELL = 150.0

    def __init__(self, plane):
        self.plane = plane
        self.cells = {}

    def add(self, key, line):
        points = [self.plane.xy(p) for p in line]
        for (ax, ay), (bx, by) in zip(points, points[1:]):
            piece = (key, ax, ay, bx, by)
            for cx in self._span(ax, bx):
                for cy in self._span(ay, by):
                    self.cells.setdefault((cx, cy), []).append(piece)

    def _span(self, a, b):
        return range(math.floor(min(a, b) / self.CELL), math.floor(max(a, b) / self.CELL) + 1)

    def nearest(self, point, reach, accept=lambda key: True):
        """(metres, key) of the nearest accepted line within reach, or None. Ties go to the smaller key."""
        x, y = self.plane.xy(point)
        best = None
        rings = math.ceil(reach / self.CELL)
        cx, cy = math.floor(x / self.CELL), math.floor(y / self.CELL)
        for ring in range(rings + 1):
            if best and best[0] <= (ring - 1) * self.CELL:
                break
            for gx in range(cx - ring, cx + ring + 1):
                for gy in range(cy - ring, cy + ring + 1):
                    if max(abs(gx - cx), abs(gy - cy)) != ring:
                        continue
                    for key, ax, ay, bx, by in self.cells.get((gx, gy), ()):
                        if accept(key):
                            found = (piece_distance(x, y, ax, ay, bx, by), key)
                            if found[0] <= reach and (best is None or found < best):
                                best = found
        return best


def piece_distance(x, y, ax, ay, bx, by):
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    t = 0.0 if length == 0 else max(0.0, min(1.0, ((x - ax) * dx + (y - ay) * dy) / length))
    return math.hypot(x - ax - t * dx, y - ay - t * dy)
