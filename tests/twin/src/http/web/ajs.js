// Connect's host looks for jQuery where Atlassian's own pages keep it.
window.AJS = { $: window.jQuery };
