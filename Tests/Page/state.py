"""What a page's store holds: set as its parts set it, and read."""


def show(page, **patch):
    page.evaluate("(patch) => nuri.store.set(patch)", patch)


def state(page, name):
    return page.evaluate("(name) => nuri.store.state[name]", name)
