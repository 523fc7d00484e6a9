"""Makes the twins and relationships of the sample out of the sources."""

import re

import geo

MODEL = "dtmi:nuri:yeoksam:{};1"
CITY = "city-seoul"
DISTRICT = "강남구"
DEFAULT_HEIGHTS = {11, 15, 22, 32}  # what the source fills in when a building has no height
NETWORK_UNIT = 5.0  # the network file counts in units of five metres
SHORTEST_PIECE = 5.0  # and leaves out pieces shorter than one unit
ENTRANCE_REACH = 350.0  # farther entrances belong to stations that are not in the data
COST_FACTORS = {"arterial": 0.9, "connector": 1.0, "local": 1.18}
STATION_NAMES = {
    "강남": "Gangnam", "강남구청": "Gangnam-gu Office", "고속터미널": "Express Bus Terminal",
    "교대": "Seoul National University of Education", "논현": "Nonhyeon", "대치": "Daechi", "도곡": "Dogok",
    "뚝섬유원지": "Ttukseom Park", "반포": "Banpo", "봉은사": "Bongeunsa", "사평": "Sapyeong",
    "삼성": "Samseong", "삼성중앙": "Samseong Jungang", "서초": "Seocho", "선릉": "Seolleung", "선정릉": "Seonjeongneung",
    "신논현": "Sinnonhyeon", "신사": "Sinsa", "압구정": "Apgujeong", "언주": "Eonju", "역삼": "Yeoksam",
    "잠원": "Jamwon", "청담": "Cheongdam", "학동": "Hakdong", "학여울": "Hangnyeoul",
}


def number(osm_id):
    return osm_id.split("/", 1)[1]


def short(osm_id):
    """way/123 becomes w123, relation/123 becomes r123."""
    return osm_id[0] + number(osm_id)


def point(coordinates):
    return {"type": "Point", "coordinates": geo.rounded(coordinates)}


def line(coordinates):
    return {"type": "LineString", "coordinates": geo.rounded(coordinates)}


def multi_polygon(geometry):
    return {"type": "MultiPolygon", "coordinates": geo.rounded(geo.polygons(geometry))}


def station_id(name):
    word = {"교대": "Gyodae"}.get(name, STATION_NAMES[name])
    return "subway-" + re.sub("[^a-z]+", "-", word.lower())


class World:
    def __init__(self, sources, say):
        self.sources, self.say = sources, say
        self.twins = []
        self.relationships = []
        self._numbered = {}
        network = sources.network()
        self.network = network
        self.plane = geo.Plane(network["center"]["lon"], network["center"]["lat"])
        self.roads = sources.features("yeoksam", "roads.geojson")
        self.dongs = sources.features("yeoksam", "dongs.geojson")
        self.box = self._box()
        self.subway = sources.subway()
        self.station_points = {}

    def _box(self):
        points = [p for road in self.roads for p in road["geometry"]["coordinates"]]
        points += [p for dong in self.dongs for rings in geo.polygons(dong["geometry"]) for p in rings[0]]
        return [min(p[0] for p in points), min(p[1] for p in points),
                max(p[0] for p in points), max(p[1] for p in points)]

    def twin(self, identifier, model, **properties):
        self.twins.append(
            {"$dtId": identifier, "$metadata": {"$model": MODEL.format(model)}}
            | {name: value for name, value in properties.items() if value is not None}
        )

    def relate(self, source, name, target, **properties):
        count = self._numbered[source, name] = self._numbered.get((source, name), 0) + 1
        identifier = f"{source}:{name}" + (f":{count}" if count > 1 else "")
        self.relationships.append(
            {"$sourceId": source, "$relationshipId": identifier, "$targetId": target, "$relationshipName": name}
            | properties
        )

    def build(self, first_hour):
        """first_hour: what the city and its stations show when the world begins."""
        for part in (self._city, self._dongs, self._road_network, self._buildings, self._subway, self._stops,
                     self._taxi_stands, self._bike_stations, self._air_stations, self._open_ground):
            before = len(self.twins), len(self.relationships)
            part(first_hour)
            self.say(f"{part.__name__[1:]}: {len(self.twins) - before[0]} twins, "
                     f"{len(self.relationships) - before[1]} relationships")

    # Areas

    def _city(self, first_hour):
        self.all_dongs = self.sources.features("seoul", "dong-boundaries.geojson")
        self.population = self.sources.population()
        self.twin(CITY, "City", name="서울특별시", nameEn="Seoul",
                  location=point(geo.centroid([d["geometry"] for d in self.all_dongs])),
                  population=self.population["합계", "합계"], **first_hour[CITY])

    def _dongs(self, _):
        codes = {
            d["properties"]["adm_nm"].split(" ")[2]: d["properties"]["adm_cd2"]
            for d in self.all_dongs if d["properties"]["sggnm"] == DISTRICT
        }
        self.dong_shapes = []
        for dong in sorted(self.dongs, key=lambda d: d["properties"]["nameEn"]):
            name, name_en = dong["properties"]["name"], dong["properties"]["nameEn"]
            identifier = "dong-" + re.sub(r"\(.*\)|-dong|[^a-z0-9]", "", name_en.lower())
            self.dong_shapes.append((identifier, dong["geometry"]))
            self.twin(identifier, "Dong", name=name, nameEn=name_en, sourceId=dong["id"], admCode=codes[name],
                      location=point(geo.centroid([dong["geometry"]])), boundary=multi_polygon(dong["geometry"]),
                      population=self.population[DISTRICT, name])
            self.relate(identifier, "partOf", CITY)

    def _dong_at(self, place):
        return next((i for i, shape in self.dong_shapes if geo.contains(shape, place)), None)

    def _locate(self, identifier, place):
        self.relate(identifier, "locatedIn", self._dong_at(place) or CITY)

    # Roads

    def _road_network(self, _):
        self._add_roads()
        self._add_crossings()
        self._add_segments()

    def _add_roads(self):
        self.lines = geo.NearestLine(self.plane)
        self.through_roads, self.road_names = set(), {}
        for road in sorted(self.roads, key=lambda r: int(number(r["id"]))):
            facts, path = road["properties"], road["geometry"]["coordinates"]
            identifier = "road-" + number(road["id"])
            self.lines.add(identifier, path)
            self.road_names[identifier] = facts["name"]
            if facts["highway"] != "service":
                self.through_roads.add(identifier)
            self.twin(identifier, "Road", name=facts["name"], sourceId=road["id"], location=point(path[len(path) // 2]),
                      roadClass=facts["roadClass"], highway=facts["highway"], oneway=facts["oneway"] == "forward",
                      drawnWidth=facts["width"], path=line(path))
            for dong in sorted({self._dong_at(p) for p in path} - {None}):
                self.relate(identifier, "runsThrough", dong)

    def _add_crossings(self):
        signals = {}
        nodes = {node["key"]: node for node in self.network["nodes"]}
        places = self._node_places()
        for signal in self.sources.features("yeoksam", "traffic-signals.geojson"):
            place = signal["geometry"]["coordinates"]
            nearest = min((self.plane.distance(place, places[key]), key) for key in nodes)
            assert nearest[0] < 1 and nearest[1] not in signals, signal["id"]
            signals[nearest[1]] = signal
        self.places = {key: places[key] for key in nodes}
        for key, node in sorted(nodes.items()):
            identifier = self._crossing(key)
            kind = "junction" if node["isIntersection"] else "end" if node["isTerminal"] else "bend"
            facts = {"location": point(places[key]), "kind": kind}
            if key in signals:
                signal = signals[key]["properties"]
                facts |= {"name": signal["name"], "signal": {
                    "$metadata": {}, "signalType": signal["signalType"], "sourceId": signals[key]["id"],
                    "buttonOperated": signal["buttonOperated"],
                } | ({"facing": signal["direction"]} if signal["direction"] else {})}
            self.twin(identifier, "SignalCrossing" if key in signals else "Crossing", **facts)
            self._locate(identifier, places[key])

    def _node_places(self):
        """Node keys carry five decimals; the road lines have the sixth."""
        places = {}
        for road in self.roads:
            for p in road["geometry"]["coordinates"]:
                places.setdefault(self._key(p), p)
        return places

    @staticmethod
    def _key(place):
        return f"{place[0]:.5f}:{place[1]:.5f}"

    @staticmethod
    def _crossing(key):
        return "xing-" + key.replace(".", "").replace(":", "-")

    def _add_segments(self):
        classes = {road["id"]: road["properties"]["roadClass"] for road in self.roads}
        segments = [
            (s["id"], s["from"], s["to"], s["wayId"], s["length"] * NETWORK_UNIT,
             s["travelCost"] / s["length"], False)
            for s in self.network["segments"]
        ]
        segments += self._short_pieces({(s[1], s[2]) for s in segments}, classes)
        ends, starts = {}, {}
        for source_id, start, end, way, length, cost, inferred in segments:
            identifier = "seg-" + number(source_id)
            ends.setdefault((way, end), []).append((identifier, start))
            starts.setdefault((way, start), []).append((identifier, end))
            self.twin(identifier, "RoadSegment", length=round(length, 2), roadClass=classes[way],
                      costFactor=round(cost, 2), direction="backward" if source_id.endswith("-r") else "forward",
                      inferred=inferred, path=line([self.places[start], self.places[end]]))
            self.relate(identifier, "startsAt", self._crossing(start))
            self.relate(identifier, "endsAt", self._crossing(end))
            self.relate(identifier, "partOf", "road-" + number(way))
        self._forbid_turns(ends, starts)

    def _short_pieces(self, known, classes):
        """The pieces too short for the source's network, without which it falls apart in hundreds of islands."""
        pieces, taken = [], set()
        for road in sorted(self.roads, key=lambda r: int(number(r["id"]))):
            way, path = road["id"], road["geometry"]["coordinates"]
            for index, (a, b) in enumerate(zip(path, path[1:])):
                start, end = self._key(a), self._key(b)
                pair = frozenset((start, end))
                if start == end or pair in taken or (start, end) in known or (end, start) in known:
                    continue
                taken.add(pair)
                length = self.plane.distance(a, b)
                assert length < SHORTEST_PIECE + 0.1, (way, length)
                ways = [("f", start, end)] + ([] if road["properties"]["oneway"] == "forward" else [("r", end, start)])
                pieces += [(f"{way}-gap-{index}-{mark}", p, q, way, length, COST_FACTORS[classes[way]], True)
                           for mark, p, q in ways]
        return pieces

    def _forbid_turns(self, ends, starts):
        turns, missed = self.network["turnRestrictions"], 0
        for turn in turns:
            pairs = [
                (source, target)
                for source, source_start in ends.get((turn["fromWayId"], turn["viaKey"]), [])
                for target, target_end in starts.get((turn["toWayId"], turn["viaKey"]), [])
                if turn["fromWayId"] != turn["toWayId"] or source_start == target_end
            ]
            missed += not pairs
            for source, target in pairs:
                self.relate(source, "noTurnTo", target, rule=turn["kind"], sourceId=turn["id"])
        self.say(f"turn restrictions: {len(turns)}, without segments on both sides: {missed}")

    def _near(self, identifier, name, place, reach=400, roads=None):
        found = self.lines.nearest(place, reach, (lambda key: key in roads) if roads is not None else lambda key: True)
        if found:
            self.relate(identifier, name, found[1], distance=round(found[0], 1))

    # Things beside the roads

    def _buildings(self, _):
        for building in sorted(self.sources.features("yeoksam", "buildings.geojson"), key=lambda b: short(b["id"])):
            facts, identifier = building["properties"], "bldg-" + short(building["id"])
            place = geo.centroid([building["geometry"]])
            self.twin(identifier, "Building", name=facts["label"], sourceId=building["id"], location=point(place),
                      height=facts["height"], area=facts["area"], address=facts["address"],
                      heightSource="default" if facts["height"] in DEFAULT_HEIGHTS else "tagged",
                      kind=None if facts["kind"] == "yes" else facts["kind"],
                      footprint=multi_polygon(building["geometry"]))
            self._locate(identifier, place)
            self._near(identifier, "near", place)

    def _subway(self, first_hour):
        drawn = {
            stop["properties"]["name"]: stop for stop in self.sources.features("yeoksam", "transit.geojson")
            if stop["properties"]["sourceType"] == "station"
        }
        counted = {name for name, s in self.subway.items() if geo.in_box(self.box, s.get("location", (0, 0)))}
        for name in sorted(counted | set(drawn), key=station_id):
            identifier, counts = station_id(name), self.subway[name] if name in counted else None
            place = drawn[name]["geometry"]["coordinates"] if name in drawn else counts["location"]
            self.station_points[identifier] = place
            facts = {} if counts is None else {
                "lines": counts["lines"], **first_hour[identifier],
                "boardingsByHour": {f"h{hour:02d}": v for hour, v in enumerate(counts["boardings"])},
                "alightingsByHour": {f"h{hour:02d}": v for hour, v in enumerate(counts["alightings"])},
            }
            self.twin(identifier, "SubwayStation", name=name, nameEn=STATION_NAMES[name], location=point(place),
                      sourceId=drawn[name]["id"] if name in drawn else None, **facts)
            self._locate(identifier, place)

    def _stops(self, _):
        for stop in sorted(self.sources.features("yeoksam", "transit.geojson"), key=lambda s: int(number(s["id"]))):
            facts, place = stop["properties"], stop["geometry"]["coordinates"]
            if facts["sourceType"] == "station":
                continue
            identifier, bus = "stop-" + number(stop["id"]), facts["category"] == "bus_stop"
            name, name_en, ref = facts["name"], None, facts["ref"]
            if not bus and name and name.isdigit():
                name, name_en, ref = f"{name}번 출구", f"Exit {name}", name
            self.twin(identifier, "TransitStop", name=name, nameEn=name_en, sourceId=stop["id"], location=point(place),
                      stopKind="busStop" if bus else "subwayEntrance", ref=ref)
            self._locate(identifier, place)
            if bus:
                self._near(identifier, "stopsOn", place, roads=self.through_roads)
            else:
                metres, station = min((self.plane.distance(place, p), s) for s, p in self.station_points.items())
                if metres <= ENTRANCE_REACH:
                    self.relate(identifier, "entranceOf", station, distance=round(metres, 1))

    def _taxi_stands(self, _):
        stands = self.sources.features("yeoksam", "taxi-stands.geojson")
        for stand in sorted(stands, key=lambda s: s["properties"]["stand_id"]):
            facts, place = stand["properties"], stand["geometry"]["coordinates"]
            if not geo.in_box(self.box, place):
                continue
            identifier, installed = "taxi-" + facts["stand_id"], facts["installed_at"]
            self.twin(identifier, "TaxiStand", name=facts["location_name"], location=point(place),
                      sourceId=facts["stand_id"], standKind={"쉘터형": "shelter", "폴형": "pole"}[facts["stand_type"]],
                      design=facts["facility_type"],
                      installedOn=installed if re.fullmatch(r"\d{4}-\d\d-\d\d", installed) else None,
                      installedYear=int(installed[:4]),
                      address={"lot": facts["lot_address"], "road": facts["road_address"]})
            self._locate(identifier, place)
            named = {road for road in self.through_roads if self.road_names[road] == facts["adjacent_road"]}
            known = self.lines.nearest(place, 60, lambda key: key in named)
            self._near(identifier, "onRoad", place, roads=named if known else self.through_roads)

    def _bike_stations(self, _):
        for name, place in sorted(self.sources.bike_stations()):
            if geo.in_box(self.box, place):
                identifier = "bike-" + name
                self.twin(identifier, "BikeStation", name=name, location=point(place), sourceId=name)
                self._locate(identifier, place)
                self._near(identifier, "onRoad", place, roads=self.through_roads)

    def _air_stations(self, _):
        for order, (name, values) in enumerate(sorted(self.sources.air_by_station(2022).items()), 1):
            identifier = f"air-{order:02d}"
            placed_by, place = self._guess_place(name)
            self.twin(identifier, "AirStation", name=name, location=point(place) if place else None,
                      placedBy=placed_by, period="2022", **values)
            if placed_by == "road":
                self._locate(identifier, place)
            else:
                self.relate(identifier, "locatedIn", CITY)

    def _guess_place(self, name):
        """Air stations come without positions, but many are named after a district, a dong or a road."""
        district = [d["geometry"] for d in self.all_dongs if d["properties"]["sggnm"] == name]
        if district:
            return "district", geo.centroid(district)
        dong = [d["geometry"] for d in self.all_dongs if d["properties"]["adm_nm"].split(" ")[2] == name + "동"]
        if len(dong) == 1:
            return "dong", geo.centroid(dong)
        points = [p for r in self.roads if r["properties"]["name"] == name for p in r["geometry"]["coordinates"]]
        if points:
            middle = [sum(p[axis] for p in points) / len(points) for axis in (0, 1)]
            return "road", min(points, key=lambda p: (self.plane.distance(p, middle), p))
        return "unknown", None

    def _open_ground(self, _):
        for ground in sorted(self.sources.features("yeoksam", "non-road.geojson"), key=lambda g: short(g["id"])):
            facts, identifier = ground["properties"], "ground-" + short(ground["id"])
            rings = ground["geometry"]["coordinates"]
            cut = not all(geo.in_box(self.box, p) for p in rings[0])
            if cut:
                rings = [ring for ring in (geo.clip_ring(r, self.box) for r in rings) if ring]
            shape = {"type": "Polygon", "coordinates": geo.rounded(rings)}
            place = geo.centroid([shape])
            self.twin(identifier, "OpenGround", name=facts["name"], sourceId=ground["id"], location=point(place),
                      category=facts["category"], kind=facts["kind"], area=facts["area"], outline=shape, cut=cut)
            self._locate(identifier, place)
