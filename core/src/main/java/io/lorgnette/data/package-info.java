/** Native data files to examples. */
package io.lorgnette.data;
