"""Four recorded weeks as changes to replay, one line per twin and hour."""

import datetime

import world

# A spring month with a dust and haze episode, two days of heavy rain, two holidays and a day without bikes.
START = datetime.datetime.fromisoformat("2018-04-30T00:00:00+09:00")
END = datetime.datetime.fromisoformat("2018-05-28T00:00:00+09:00")
HOUR = datetime.timedelta(hours=1)


class Hours:
    """What the city and its subway stations show at the end of each hour."""

    def __init__(self, sources, box_stations):
        self.air, self.bikes = sources.air_hourly(), sources.bikes_hourly()
        self.stations = box_stations  # {twin id: counts}

    def at(self, moment):
        """{twin id: values} of the hour that ends at this moment."""
        begun = moment - HOUR
        date, hour = begun.date().isoformat(), begun.hour
        values = {world.CITY: self.bikes[date, hour] | self.air[date, hour + 1]}
        for identifier, counts in sorted(self.stations.items()):
            values[identifier] = {
                "typicalBoardings": counts["boardings"][hour],
                "typicalAlightings": counts["alightings"][hour],
            }
        return values

    def lines(self):
        moment = START + HOUR
        while moment <= END:
            for identifier, values in self.at(moment).items():
                yield {"at": moment.isoformat(), "twin": identifier, "set": values}
            moment += HOUR
