"""Which networks can be made, and from what: `recipes.py NAME SOURCE_DIRECTORY TARGET_FILE`."""

import hashlib
import sys
from pathlib import Path

from tfjs_to_onnx import convert

COCO_CLASSES = 80
# NanoDet-g: sides of the four distances, bins of each.
NANODET_DISTANCES = 4 * 11


def nanodet(source, target):
    names = [f"scores_{stride}" for stride in (8, 16, 32)] + [f"boxes_{stride}" for stride in (8, 16, 32)]
    cells = [(416 // stride) ** 2 for stride in (8, 16, 32)] * 2
    widths = [COCO_CLASSES] * 3 + [NANODET_DISTANCES] * 3
    originals = ["Identity"] + [f"Identity_{i}" for i in range(1, 6)]
    convert(
        source / "nanodet.json",
        target,
        {"input_1": ("image", [1, 3, 416, 416])},
        {o: (name, [1, n, width]) for o, name, n, width in zip(originals, names, cells, widths)},
    )


def centernet(source, target):
    convert(
        source / "centernet.json",
        target,
        {"tower_0/images": ("image", [1, 512, 512, 3])},
        {
            "tower_0/keypoints": ("heat", [1, 128, 128, COCO_CLASSES]),
            "tower_0/wh": ("distances", [1, 128, 128, 4]),
        },
    )


RECIPES = {"nanodet": nanodet, "centernet": centernet}

if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in RECIPES:
        sys.exit(f"usage: recipes.py {'|'.join(RECIPES)} SOURCE_DIRECTORY TARGET_FILE")
    recipe, source, target = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    RECIPES[recipe](source, target)
    print(f"{hashlib.sha256(target.read_bytes()).hexdigest()}  {target}")
