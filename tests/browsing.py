"""The browser of the tests, and how long it may take on a machine busy with other things."""

PATIENCE = 180_000  # milliseconds: only a state that never comes is waited for that long
CHROMIUM = {
    "executable_path": "/usr/bin/chromium",
    "args": [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ],
}
