//! Properties that a site keeps for our app.

use super::{Call, Cost, Jira, JiraError};
use http::Method;
use serde_json::Value;

impl Jira {
    /// A property of the app on this site; `None` where there is none of this name.
    ///
    /// # Errors
    /// [`JiraError`]
    pub async fn app_property(&self, key: &str) -> Result<Option<Value>, JiraError> {
        match self.call(&Call::get(self.access.app_property_path(key), Cost::Object)).await {
            Ok(answer) => Ok(answer.body.get("value").cloned()),
            Err(JiraError::NotFound(_)) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// # Errors
    /// [`JiraError`]
    pub async fn set_app_property(&self, key: &str, value: Value) -> Result<(), JiraError> {
        let path = self.access.app_property_path(key);
        self.call(&Call::write(Method::PUT, path, Some(value))).await.map(|_| ())
    }
}
