"""What tests of the map share: pictures of it, and what they show."""

import collections
import io

from PIL import Image, ImageChops


def set_state(page, **patch):
    page.evaluate("(patch) => nuri.store.set(patch)", patch)


def picture(page):
    return Image.open(io.BytesIO(page.locator("#map").screenshot())).convert("RGB")


def differing(a, b, more_than=24):
    """The share of pixels that are clearly different; by night, colours are nearer to each other."""
    band = ImageChops.difference(a, b).convert("L").point(lambda value: 255 if value > more_than else 0)
    return band.histogram()[255] / (a.width * a.height)


def shares(image, test):
    counts = collections.Counter(image.get_flattened_data())
    return sum(count for colour, count in counts.items() if test(*colour)) / (image.width * image.height)


def is_a_city(image):
    """Whether it shows much of many shades: walls, roofs and streets, not a surface."""
    counts = collections.Counter(image.get_flattened_data())
    return len(counts) > 2000 and max(counts.values()) / (image.width * image.height) < 0.5
