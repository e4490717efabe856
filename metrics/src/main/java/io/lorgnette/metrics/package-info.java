/** x. */
package io.lorgnette.metrics;
