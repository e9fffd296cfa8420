"""What schemathesis is told of the service: how a photo and a zip of photos are made."""

import io
import os
import pathlib
import zipfile

import schemathesis
from hypothesis import strategies as st

PHOTOS = [path.read_bytes() for path in sorted(pathlib.Path(os.environ["SLUICE_PHOTOS"]).iterdir())]


def zipped(photos):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number, photo in enumerate(photos):
            archive.writestr(f"photos/{number}", photo)
    return file.getvalue()


photos = st.sampled_from(PHOTOS)
for media_type in ("image/*", "image/jpeg", "image/png", "image/webp", "application/octet-stream"):
    schemathesis.openapi.media_type(media_type, photos)
schemathesis.openapi.media_type("application/zip", st.lists(photos, min_size=1, max_size=4).map(zipped))
