"""`python -m tests.golden`: make the kept pictures anew. Look at them before they are committed."""

from tests.golden.cases import CASES, FOLDER

for path in FOLDER.glob("*.png"):
    path.unlink()
for name, make in CASES.items():
    make().quantize(128).save(FOLDER / f"{name}.png", optimize=True)
