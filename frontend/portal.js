// Small comforts of every page; without this file everything still works.
import "./shared/themes.js";
import "./shared/forms.js";
import "./shared/place.js";
