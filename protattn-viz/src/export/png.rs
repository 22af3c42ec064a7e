use super::{PIXELS_PER_INCH, read, unreadable};
use crate::error::{Error, Result};
use ::png::{BitDepth, ColorType, Encoder, PixelDimensions, Unit};
use resvg::tiny_skia::{Pixmap, PremultipliedColorU8, Transform};

/// A figure of A4 size at 1,200 dots per inch has as many; they take 400 MB while it is drawn.
const MAX_PIXELS: u32 = 100_000_000;
const METRES_PER_INCH: f64 = 0.0254;

/// The figure as a PNG picture of its size in millimetres at `dots_per_inch`: 300 for print, 96 for
/// the size that it has in a browser.
///
/// The picture says its size, in the `pHYs` chunk. Colour has 8 bits a channel (sRGB); what the
/// figure does not cover is transparent.
///
/// # Errors
///
/// [`Error::Svg`] for text that is not SVG, [`Error::Pixels`] for a picture that would have no
/// pixels or more than 100 million, before memory is taken for them.
///
/// ```
/// use protattn_viz::{Bar, Figure, TopHeads, export};
///
/// let bars = [Bar { layer: 7, head: 11, value: 63.2, low: 60.1, high: 66.0 }];
/// let png = export::png(&TopHeads::new(&bars).to_svg()?, 300.0)?;
/// assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
/// // 85 mm at 300 dots per inch are 1,004 pixels.
/// assert_eq!(png[16..20], 1004_u32.to_be_bytes());
/// # Ok::<(), protattn_viz::Error>(())
/// ```
pub fn png(svg: &str, dots_per_inch: f64) -> Result<Vec<u8>> {
    let tree = read(svg)?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let scale = dots_per_inch / f64::from(PIXELS_PER_INCH);
    let (columns, rows) = pixels(f64::from(width) * scale, f64::from(height) * scale)?;
    let mut pixmap = Pixmap::new(columns, rows).ok_or_else(|| unreadable("it has no area"))?;
    // Each direction has its own scale, so that the edge of the figure is that of a pixel.
    let transform = Transform::from_scale(columns as f32 / width, rows as f32 / height);
    resvg::render(&tree, transform, &mut pixmap.as_mut());
    encode(pixmap, dots_per_inch).map_err(unreadable)
}

/// Whole numbers of pixels, at least one each way.
fn pixels(width: f64, height: f64) -> Result<(u32, u32)> {
    let (width, height) = (width.round(), height.round());
    // False for NaN too.
    if width >= 1.0 && height >= 1.0 && width * height <= f64::from(MAX_PIXELS) {
        return Ok((width as u32, height as u32));
    }
    Err(Error::Pixels {
        width,
        height,
        max: MAX_PIXELS,
    })
}

fn encode(pixmap: Pixmap, dots_per_inch: f64) -> Result<Vec<u8>, ::png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, pixmap.width(), pixmap.height());
    encoder.set_color(ColorType::Rgba);
    encoder.set_depth(BitDepth::Eight);
    let per_metre = (dots_per_inch / METRES_PER_INCH).round() as u32;
    encoder.set_pixel_dims(Some(PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: Unit::Meter,
    }));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&straight(pixmap))?;
    writer.finish()?;
    Ok(bytes)
}

/// Red, green, blue and opacity of each pixel, the colours no longer multiplied by the opacity.
fn straight(pixmap: Pixmap) -> Vec<u8> {
    let mut bytes = pixmap.take();
    for pixel in bytes.chunks_exact_mut(4) {
        let multiplied = PremultipliedColorU8::from_rgba(pixel[0], pixel[1], pixel[2], pixel[3]);
        if let Some(colour) = multiplied.map(|colour| colour.demultiply()) {
            let (red, green, blue) = (colour.red(), colour.green(), colour.blue());
            pixel.copy_from_slice(&[red, green, blue, colour.alpha()]);
        }
    }
    bytes
}
