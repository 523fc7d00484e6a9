"""The page comes up, in both languages and themes, and its libraries work under its content security policy."""

import urllib.error
import urllib.request

import pytest


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("theme", ["dark", "light"])
def test_page_loads(open_page, shot, axe, language, theme):
    page = open_page(language=language, theme=theme)
    assert page.title() == "Nuri"
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("html").get_attribute("data-theme") == theme
    assert page.evaluate("nuri.store.state.who.roles") == ["admin"]
    axe(page)
    shot(page, f"start-{language}-{theme}")


def test_a_wrong_key_signs_nobody_in(open_page):
    page = open_page(key="nuri_wrong")
    assert page.evaluate("nuri.store.state.who") is None
    assert page.evaluate("sessionStorage.getItem('nuri.token')") is None


def test_policy_and_first_load(site, open_page):
    with urllib.request.urlopen(site.url) as answer:
        policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy
    page = open_page()
    loaded = page.evaluate("performance.getEntriesByType('resource').filter((e) => e.name.includes('/page/'))"
                           ".reduce((sum, e) => sum + e.encodedBodySize, 0)")
    assert 0 < loaded < 1_500_000


def test_libraries_work_under_the_policy(open_page, pixels):
    # Nobody is signed in, so that nothing of the page itself is under way.
    page = open_page(key=None)
    page.evaluate("""async () => {
      document.body.replaceChildren();
      const place = (id) => {
        const element = document.createElement("div");
        element.id = id;
        Object.assign(element.style, { width: "400px", height: "200px", position: "relative" });
        document.body.append(element);
        return element;
      };
      const { THREE } = await import("/page/lib/three/index.js");
      const renderer = new THREE.WebGLRenderer({ preserveDrawingBuffer: true });
      renderer.setSize(400, 200);
      place("three").append(renderer.domElement);
      const scene = new THREE.Scene();
      scene.add(new THREE.Mesh(new THREE.TorusKnotGeometry(), new THREE.MeshNormalMaterial()));
      const camera = new THREE.PerspectiveCamera(60, 2, 0.1, 10);
      camera.position.z = 4;
      renderer.render(scene, camera);

      const { echarts } = await import("/page/lib/echarts/index.js");
      echarts.init(place("echarts")).setOption({
        animation: false, xAxis: { type: "value" }, yAxis: {}, series: [{ type: "line", data: [[0, 1], [1, 3], [2, 2]] }],
      });

      // It would add a style element of its own, unless there is one of that id.
      const there = document.createElement("link");
      there.id = "__________cytoscape_stylesheet";
      document.head.append(there);
      const { c: cytoscape } = await import("/page/lib/cytoscape/cytoscape.js");
      cytoscape({ container: place("cytoscape"), layout: { name: "circle", animate: false }, elements:
        ["a", "b", "c"].map((id) => ({ data: { id } })).concat([{ data: { id: "ab", source: "a", target: "b" } }]) });

      // In a shadow root its styles are sheets made by script, which the policy allows.
      const { EditorView, minimalSetup } = await import("/page/lib/codemirror/index.js");
      const root = place("codemirror").attachShadow({ mode: "open" });
      new EditorView({ doc: "SELECT * FROM DIGITALTWINS", extensions: [minimalSetup], root, parent: root });
    }""")
    page.wait_for_selector("#cytoscape canvas")
    for part in ["three", "echarts", "cytoscape"]:
        seen = pixels(page.locator(f"#{part}"))
        assert seen.painted, f"{part}: {seen}"
    assert page.locator("#codemirror .cm-content").inner_text() == "SELECT * FROM DIGITALTWINS"


def test_a_blank_canvas_is_seen_to_be_blank(page, pixels):
    page.evaluate("""() => {
      const blank = Object.assign(document.createElement("canvas"), { id: "blank" });
      Object.assign(blank.style, { position: "fixed", inset: "0", zIndex: 1000, background: "white" });
      document.body.append(blank);
    }""")
    assert not pixels(page.locator("#blank")).painted


def test_errors_are_noticed(page, no_errors, until):
    page.evaluate("{ const s = document.createElement('style'); s.textContent = 'a{}'; document.head.append(s); }")
    page.evaluate("new Image().src = 'https://elsewhere.example/x.png'")
    page.evaluate("fetch('/page/nothing.js')")
    page.evaluate("{ const s = document.createElement('script'); s.src = '/page/none.js'; document.head.append(s); }")
    until(page, "performance.getEntriesByType('resource').some((e) => e.name.endsWith('none.js'))")
    found = "\n".join(no_errors.found)
    for words in ["policy breach style-src-elem", "another origin: https://elsewhere", "answer: 404 /page/nothing.js"]:
        assert words in found, found
    no_errors.found.clear()


def test_a_reader_of_the_api_needs_a_key(site):
    with pytest.raises(urllib.error.HTTPError) as refused:
        site.ask("GET", "/v1/whoami", key="nuri_wrong")
    assert refused.value.code == 401
