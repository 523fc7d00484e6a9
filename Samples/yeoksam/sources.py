"""Reads the published files. What is odd about each of them is dealt with here and nowhere else."""

import calendar
import csv
import io
import json
import os

# The hourly air file calls nitrogen dioxide (이산화질소) carbon dioxide (이산화탄소); its values are NO2.
AIR_HOURLY = {
    "pm25": "초미세먼지", "pm10": "미세먼지", "o3": "오존",
    "no2": "이산화탄소", "co": "일산화탄소", "so2": "아황산가스",
}
AIR_DAILY = {
    "pm25": "초미세먼지농도(㎍/㎥)", "pm10": "미세먼지농도(㎍/㎥)", "o3": "오존농도(ppm)",
    "no2": "이산화질소농도(ppm)", "co": "일산화탄소농도(ppm)", "so2": "아황산가스농도(ppm)",
}
POPULATION_COLUMNS = {
    "households": 3, "total": 4, "men": 5, "women": 6, "korean": 7, "foreign": 10, "over65": 14,
}


def measured(text):
    """The file's marks for no reading are an empty cell and a dash."""
    return text.strip() not in ("", "-")


class Sources:
    def __init__(self, root):
        self.root = root

    def _text(self, *path):
        with open(os.path.join(self.root, *path), encoding="utf-8-sig") as file:
            return file.read()

    def _rows(self, *path):
        return list(csv.DictReader(io.StringIO(self._text(*path))))

    def features(self, *path):
        return json.loads(self._text(*path))["features"]

    def network(self):
        return json.loads(self._text("yeoksam", "road-network.json"))

    def bike_stations(self):
        """[(station, [lon, lat])]"""
        rows = self._rows("seoul", "bike-stations.csv")
        return [(r["station"], [float(r["longitude"]), float(r["latitude"])]) for r in rows]

    def population(self):
        """{(district, dong): numbers}; the whole city is ("합계", "합계")."""
        text = self._text("seoul", "population-by-dong-2021Q2.tsv")
        rows = list(csv.reader(io.StringIO(text), delimiter="\t"))
        return {
            (row[1], row[2]): {
                name: int(row[column].replace(",", "")) for name, column in POPULATION_COLUMNS.items()
            }
            for row in rows[3:]
        }

    def air_by_station(self, year):
        """{station: mean of the days that have a value}"""
        sums = {}
        for row in self._rows("seoul", f"air-daily-by-station-{year}.csv"):
            station = sums.setdefault(row["측정소명"], {name: [] for name in AIR_DAILY})
            for name, column in AIR_DAILY.items():
                if measured(row[column]):
                    station[name].append(float(row[column]))
        return {
            station: {
                name: round(sum(values) / len(values), 1 if name.startswith("pm") else 4)
                for name, values in by_name.items() if values
            }
            for station, by_name in sums.items()
        }

    def air_hourly(self):
        """{(date, hour that has ended, 1 to 24): values}"""
        hours = {}
        for row in self._rows("seoul", "air-hourly-citywide-2018-2022.csv"):
            date, clock = row["일시"].split(" ")
            hours[date, int(clock[:2])] = {
                name: float(row[column]) for name, column in AIR_HOURLY.items() if measured(row[column])
            }
        return hours

    def bikes_hourly(self):
        """{(date, hour that begins, 0 to 23): values}. The file's head is badly encoded, so columns go by place."""
        text = self._text("seoul", "bike-demand-weather-hourly-2017-2018.csv")
        rows = list(csv.reader(io.StringIO(text), delimiter=";"))
        hours = {}
        for (date, rented, hour, temperature, humidity, wind, visibility, dew_point,
             radiation, rain, snow, _season, holiday, functioning) in rows[1:]:
            day, month, year = date.split("/")
            values = hours[f"{year}-{month}-{day}", int(hour)] = {
                "rentedBikes": int(rented),
                "bikeServiceOpen": functioning == "Yes",
                "holiday": holiday == "Holiday",
                "temperature": float(temperature),
                "dewPoint": float(dew_point),
                "humidity": float(humidity),
                "windSpeed": float(wind),
                "visibility": float(visibility) * 10,  # published in tens of metres
                "solarRadiation": round(float(radiation) * 1e6 / 3600, 1),  # MJ/m2 in one hour to mean W/m2
                "rainfall": float(rain),
                "snowfall": float(snow),
            }
            if values["humidity"] == 0:  # air is never that dry; these hours have no reading
                del values["humidity"]
        return hours

    def subway(self):
        """{station: {"location", "lines", "boardings": 24 means a day, "alightings"}} over the months there are."""
        months = {}
        for row in self._rows("seoul", "subway-hourly-by-station-2024.csv"):
            months[row["지하철역"], row["호선명"], row["사용월"]] = row  # some rows come once per branch
        lines = {}
        for (station, line, month), row in sorted(months.items()):
            lines.setdefault((station, line), []).append(row)
        stations = {}
        for (name, line), rows in sorted(lines.items()):
            days = sum(calendar.monthrange(int(r["사용월"][:4]), int(r["사용월"][4:]))[1] for r in rows)
            nothing = {"lines": [], "boardings": [0.0] * 24, "alightings": [0.0] * 24}
            station = stations.setdefault(name, nothing)
            station["lines"].append(line)
            if rows[0]["Longitude"]:
                station["location"] = [float(rows[0]["Longitude"]), float(rows[0]["Latitude"])]
            for hour in range(24):
                slot = f"{hour:02d}시-{hour + 1:02d}시"
                for name_out, word in (("boardings", "승차인원"), ("alightings", "하차인원")):
                    station[name_out][hour] += sum(int(r[f"{slot} {word}"]) for r in rows) / days
        for station in stations.values():
            for name in ("boardings", "alightings"):
                station[name] = [round(v, 1) for v in station[name]]
        return stations
