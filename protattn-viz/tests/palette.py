"""The eleven colours of SEQUENTIAL, then of DIVERGING, in src/palette.rs.

Points on a curve in OKLCh (B. Ottosson, "A perceptual color space for image
processing", 2020): lightness falls in equal steps, so the scale also reads in
grey; hue turns from yellow through green to blue. The second scale falls in
lightness too, from yellow through a grey in its middle to blue.

    python3 palette.py        (standard library only)
"""

import math


def srgb(lightness, chroma, hue):
    a = chroma * math.cos(math.radians(hue))
    b = chroma * math.sin(math.radians(hue))
    l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    s = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
        -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
        -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
    )
    encoded = (12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in map(lambda c: max(c, 0.0), linear))
    return [round(255 * min(1.0, c)) for c in encoded]


for i in range(11):
    t = i / 10
    lightness = 0.985 - 0.725 * t
    hue = 115 + 155 * t**0.75
    chroma = 0.018 + 0.077 * math.sin(math.pi * 0.92 * t**0.8)
    print("[0x%02x, 0x%02x, 0x%02x]," % tuple(srgb(lightness, chroma, hue)))

print()
for i in range(11):
    t = i / 10
    away = 2 * t - 1
    lightness = 0.955 - 0.655 * t
    hue = 92 if away < 0 else 262
    chroma = (0.135 if away < 0 else 0.125) * abs(away) ** 0.8
    print("[0x%02x, 0x%02x, 0x%02x]," % tuple(srgb(lightness, chroma, hue)))
