//! The windows in which the page has to look right.

use crate::Session;
use anyhow::Result;
use serde_json::json;

/// One size and colour scheme.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Its name, as used in file names and on the command line.
    pub name: &'static str,
    /// Width in CSS pixels.
    pub width: u32,
    /// Height in CSS pixels.
    pub height: u32,
    /// Whether the system prefers dark colours.
    pub dark: bool,
}

/// A laptop, a projector and a phone, each light and dark.
pub const VIEWS: [View; 6] = [
    View {
        name: "1440x900-light",
        width: 1440,
        height: 900,
        dark: false,
    },
    View {
        name: "1440x900-dark",
        width: 1440,
        height: 900,
        dark: true,
    },
    View {
        name: "1280x720-light",
        width: 1280,
        height: 720,
        dark: false,
    },
    View {
        name: "1280x720-dark",
        width: 1280,
        height: 720,
        dark: true,
    },
    View {
        name: "390x844-light",
        width: 390,
        height: 844,
        dark: false,
    },
    View {
        name: "390x844-dark",
        width: 390,
        height: 844,
        dark: true,
    },
];

impl Session {
    /// Gives the page exactly this viewport and colour scheme; a narrow one behaves as
    /// a phone's. It stays across page loads.
    pub fn set_view(&self, view: View) -> Result<()> {
        self.developer_tools(
            "Emulation.setDeviceMetricsOverride",
            &json!({
                "width": view.width,
                "height": view.height,
                "deviceScaleFactor": 1,
                "mobile": view.width < 600,
            }),
        )?;
        let scheme = if view.dark { "dark" } else { "light" };
        self.developer_tools(
            "Emulation.setEmulatedMedia",
            &json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] }),
        )?;
        Ok(())
    }
}
